// node --import ./mutate.mjs --import tsx …: plants one bug while the source is loaded. Registered before tsx, so that
// tsx asks us for the text and then compiles it. NGTB_SIM_MUTANT is the mutant as JSON: {file, find, replace}.
import { register } from 'node:module'

register('./mutate-hooks.mjs', import.meta.url, { data: JSON.parse(process.env.NGTB_SIM_MUTANT ?? 'null') })
