// The hunted process: seeds from 1 until the planted bug shows itself. Exit code 1: it did.
import { sentence } from '../auditor/complaint.ts'
import { drawDay } from '../day.ts'
import { World } from '../world.ts'
import { MUTANTS } from './list.ts'
import type { Mutant } from './mutant.ts'

const [name, seeds] = [process.argv[2], Number(process.argv[3])]
const mutant: Partial<Mutant> = MUTANTS.find((one) => one.name === name) ?? {}
const { days = () => true } = mutant
const theme = mutant.theme ?? null
for (let seed = 1; seed <= seeds && process.exitCode === undefined; seed++) {
  if (theme === null && !days(drawDay(seed))) continue
  const { complaint } = await new World(seed, { depth: 'core', theme }).run()
  if (!complaint) continue
  console.log(sentence(seed, complaint, { depth: 'core', theme }))
  process.exitCode = 1
}
