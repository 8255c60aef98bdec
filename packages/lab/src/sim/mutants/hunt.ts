// The hunted process: seeds from 1 until the planted bug shows itself. Exit code 1: it did.
import { sentence } from '../auditor/complaint.ts'
import { drawDay } from '../day.ts'
import { World } from '../world.ts'
import { MUTANTS } from './list.ts'

const [name, seeds] = [process.argv[2], Number(process.argv[3])]
const days = MUTANTS.find((mutant) => mutant.name === name)?.days ?? (() => true)
for (let seed = 1; seed <= seeds && process.exitCode === undefined; seed++) {
  if (!days(drawDay(seed))) continue
  const { complaint } = await new World(seed, { depth: 'core' }).run()
  if (!complaint) continue
  console.log(sentence(seed, complaint, 'core'))
  process.exitCode = 1
}
