// The conformance kit itself: its dialogues can be read, its seeded bugs fit the code, and a wrong dialogue fails.
import { describe, expect, test } from 'vitest'
import { readConformArguments } from '../src/conform/arguments.ts'
import { ownEa } from '../src/conform/ea/own.ts'
import { playEa } from '../src/conform/ea/play.ts'
import { DialogueError } from '../src/conform/language/dialogue.ts'
import { parseDialogue } from '../src/conform/language/parse.ts'
import { allOf, filesOf, ROLES } from '../src/conform/library.ts'
import { EA_BUGS } from '../src/conform/mutants/ea.ts'
import { SERVER_BUGS } from '../src/conform/mutants/server.ts'
import { Misuse } from '../src/support/arguments.ts'
import { misplanted } from '../src/support/mutant.ts'

const BUGS = [
  ...EA_BUGS.map((bug) => ({ role: 'ea' as const, ...bug })),
  ...SERVER_BUGS.map((bug) => ({ role: 'server' as const, ...bug })),
]

describe('the dialogues', () => {
  test.each(ROLES)('of the %s: each has a number of its own, a rule and a reason', (role) => {
    const dialogues = allOf(role)
    const numbers = filesOf(role).map((file) => /\/(\d\d)_/.exec(file)?.[1])
    expect(dialogues.length).toBeGreaterThan(20)
    expect(new Set(numbers).size).toBe(dialogues.length)
    for (const { why, rule, steps } of dialogues) {
      expect(why.join(' ').length, rule).toBeGreaterThan(20)
      expect(steps.length, rule).toBeGreaterThan(1)
    }
  })
  test('a line that can not be read says where it is', () => {
    const read = (line: string) => () => parseDialogue('ea/01_x.scn', `# why\nea native\n${line}\n`, 'ea')
    expect(read('X poll -> 200')).toThrow(/^ea\/01_x\.scn:3: X is no speaker/)
    expect(read('E poll epoch=[1 -> 200')).toThrow(DialogueError)
  })
})

describe('the seeded bugs', () => {
  test.each(BUGS.map((bug) => [`${bug.role}: ${bug.name}`, bug] as const))('%s: fits the code', (_, bug) => {
    expect(misplanted(bug)).toBeNull()
    expect(bug.replace).not.toBe(bug.find)
    expect(bug.caught_by.length).toBeGreaterThan(0)
    const numbers = new Set(filesOf(bug.role).map((file) => /\/(\d\d)_/.exec(file)?.[1]))
    for (const number of bug.caught_by) expect(numbers).toContain(number)
  })
  test('there are at least twenty for each side, each with a name of its own', () => {
    expect(EA_BUGS.length).toBeGreaterThanOrEqual(20)
    expect(SERVER_BUGS.length).toBeGreaterThanOrEqual(20)
    expect(new Set(BUGS.map(({ name }) => name)).size).toBe(BUGS.length)
  })
})

describe('a play', () => {
  const play = (lines: string, patience_ms: number) =>
    playEa(parseDialogue('ea/00_a_play.scn', `# why it is so\nea native\n${lines}`, 'ea'), ownEa, patience_ms)
  const OPEN = 'E poll -> 200\n  + OPEN_TRADE id=@c1 symbol=EURUSD order_type=BUY volume=0.1\n'

  test('that asks for what the EA does passes', async () => {
    const answered = `${OPEN}B open symbol=EURUSD -> done position=$t\nE answer @c1 completed ticket=$t -> 200\n`
    expect(await play(answered, 30_000)).toMatchObject({ verdict: 'passed' })
  })
  test('that asks for something else fails, with both', async () => {
    const other = `${OPEN}B open symbol=EURUSD -> done\nE answer @c1 completed ticket=4711 -> 200\n`
    const { verdict, failure } = (await play(other, 30_000)) as { verdict: string; failure: string }
    expect(verdict).toBe('failed')
    expect(failure).toMatch(/00_a_play\.scn:6[\s\S]*ticket: 4711 expected, "?\d+"? came/)
  })
  test('that leaves an order unsaid fails: every order must stand in it', async () => {
    const silent = `${OPEN}E answer @c1 completed -> 200\n`
    expect(await play(silent, 30_000)).toMatchObject({ verdict: 'failed' })
  })
})

test('arguments that contradict each other are said to', () => {
  expect(() => readConformArguments(['--url', 'http://127.0.0.1:1', '--ea'])).toThrow(Misuse)
  expect(() => readConformArguments(['--listen', '9900'])).toThrow('--listen belongs to --ea')
  expect(() => readConformArguments(['--url', 'http://example.com:9905'])).toThrow(Misuse)
  expect(readConformArguments(['--ea', '--listen', '9900'])).toMatchObject({ foreign_ea: true, listen: 9900 })
})
