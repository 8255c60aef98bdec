// The hunted process: the seed that caught the planted bug last time, then all from 1, until it shows itself. Exit
// code 1: it did.
import { sentence } from '../auditor/complaint.ts'
import { drawDay } from '../day.ts'
import { World } from '../world.ts'
import { MUTANTS } from './list.ts'
import type { Mutant } from './mutant.ts'

const [name, seeds, known] = [process.argv[2], Number(process.argv[3]), process.argv[4]]
const mutant: Partial<Mutant> = MUTANTS.find((one) => one.name === name) ?? {}
const { days = () => true } = mutant
const theme = mutant.theme ?? null

async function shows(seed: number): Promise<boolean> {
  if (theme === null && !days(drawDay(seed))) return false
  const { complaint } = await new World(seed, { depth: 'core', theme }).run()
  if (complaint) console.log(sentence(seed, complaint, { depth: 'core', theme }))
  return complaint !== null
}

let shown = known !== undefined && (await shows(Number(known)))
for (let seed = 1; seed <= seeds && !shown; seed++) shown = await shows(seed)
if (shown) process.exitCode = 1
