// node --import ./mutate.mjs --import tsx …: plants one bug while the source is loaded. Registered before tsx, so that
// tsx asks us for the text and then compiles it. NGTB_SIM_MUTANT holds its edits as JSON.
import { register } from 'node:module'

register('./mutate-hooks.mjs', import.meta.url, { data: JSON.parse(process.env.NGTB_SIM_MUTANT ?? 'null') })
