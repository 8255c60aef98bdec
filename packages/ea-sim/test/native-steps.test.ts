// The native EA, contract §5, step by step: what it does with one received command.

import { expect, test } from 'vitest'
import { open } from './native-commands.ts'
import { World } from './native-world.ts'

test('an OPEN: intent on the disk, order, result on the disk, answer', () => {
  const world = new World()
  world.connect()
  world.give(open(1))
  expect(world.final('c1')).toMatchObject({
    status: 'completed',
    evidence: 'journal',
    attempt: 1,
    command_no: 1,
    response: { ticket: '16218652', open_price: 1.09008, volume: 0.1, retcode: 10009 },
  })
  expect(world.executions('c1')).toBe(1)
})
