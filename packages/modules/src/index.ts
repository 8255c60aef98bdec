// The door of @ngtb/modules for who writes a module: its interface, and nothing of the host.
export { Refusal } from '@ngtb/protocol'
export * from '@ngtb/sdk'
export {
  type CandleSeries,
  defineModule,
  type ModuleCandle,
  type ModuleContext,
  type ModuleDefinition,
  type ModuleLog,
  type ModuleScope,
  type ModuleTick,
  type Or,
  type RaiseOptions,
  type Severity,
  type TicksWish,
} from './definition.ts'
export { point, type Quote, type Stops, type Trail, trail } from './rules/trail.ts'
export type { Settings, SettingValue } from './settings.ts'
