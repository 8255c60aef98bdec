// MQL5 host: the front door. Lint and emit need no compiler; build needs g++; Host drives what was built.
export {
  type BuildOptions,
  type BuildResult,
  buildEa,
  checkEa,
  defaultCacheDir,
  prepareRuntime,
  RUNTIME_FOLDER,
} from './build.ts'
export { type Finding, Findings, tell } from './findings.ts'
export { gppVersion, INSTALL, inParallel } from './gcc.ts'
export { Host, type HostEvent, type HostOptions } from './host.ts'
export { RULES, type Rule, type RuleId } from './lint/rules.ts'
export { enumsHeader, theSpec } from './spec.ts'
export { type Translation, translate } from './translate.ts'
