// @ngtb/server: the server as a library. `await startServer()`, then `getCoreComm()`.
export { CommandPriority, CommandStatus, ConnectionState } from '@ngtb/protocol'
export { verifyArchive } from './backup/archive.ts'
export { type BackupReport, makeBackup } from './backup/backup.ts'
export { BackupError, type Manifest } from './backup/manifest.ts'
export { type RestoreReport, restoreBackup } from './backup/restore.ts'
export { type Config, ConfigError, readConfig, SETTINGS } from './config.ts'
export { CommandExecution } from './in-process/command-execution.ts'
export { CoreComm, getCoreComm } from './in-process/core-comm.ts'
export { EAConnection } from './in-process/ea-connection.ts'
export { type Ledger, openLedger } from './ledger.ts'
export { isDashboardBuilt } from './planes/dashboard.ts'
export { openApi } from './planes/openapi.ts'
export { systemCards } from './platform/cards.ts'
export {
  noteBackup,
  type RunFile,
  readBackupNote,
  readEnvironment,
  readRunFile,
} from './platform/environment.ts'
export { createLog, openLog, silentLog } from './platform/log.ts'
export type { Log, PortName, PortNumbers } from './ports.ts'
export {
  type Address,
  addresses,
  baseUrl,
  portsOfSettings,
  urlsToAllow,
} from './services/addresses.ts'
export { personView } from './services/people-views.ts'
export type { SyncReport } from './services/trade-sync.ts'
export { keyView } from './services/views.ts'
export { type RunningServer, type StartOptions, startServer } from './start.ts'
export { type DatabaseFacts, inspectDatabase } from './storage/postgres/inspect.ts'
export { SchemaTooNew } from './storage/postgres/migrate.ts'
export { METRICS } from './telemetry/metrics.ts'
