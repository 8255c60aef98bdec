// @ngtb/server/settings: the settings and where a server runs, without the server: quick to load for a client.
export { ConfigError, readConfig, SETTINGS } from './config.ts'
export { type Environment, type RunFile, readEnvironment, readRunFile } from './platform/environment.ts'
