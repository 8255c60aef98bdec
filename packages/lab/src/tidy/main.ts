// `node --import tsx packages/lab/src/tidy/main.ts`: prints every complaint; exit 1 when there is one.
import { fileURLToPath } from 'node:url'
import { tidy } from './index.ts'

const { complaints, warnings, files } = tidy(fileURLToPath(new URL('../../../../', import.meta.url)))
for (const warning of warnings) console.log(`grows: ${warning}`)
for (const complaint of complaints) console.error(complaint)
console.log(`tidy: ${files} files, ${complaints.length} complaints, ${warnings.length} growing`)
process.exitCode = complaints.length === 0 ? 0 : 1
