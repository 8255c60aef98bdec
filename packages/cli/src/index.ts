// @ngtb/cli as a library: the program itself, for tools that list its commands, or type them.
export { createProgram } from './program.ts'
export { run } from './run.ts'
