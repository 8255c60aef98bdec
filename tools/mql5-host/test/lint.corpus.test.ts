// Lint refuses what MetaEditor refuses, and is silent about what is right. No compiler is needed.
import { describe, expect, test } from 'vitest'
import { RULES, type RuleId, tell, translate } from '../src/index.ts'
import { workFolder } from './support/compiler.ts'
import { badFiles, goodFiles } from './support/corpus.ts'
import { wideProgram, writeWideProgram } from './wide/program.ts'

const bad = badFiles()
const folder = workFolder()

describe('each bad file is refused by its rule', () => {
  for (const { name, file, by, says } of bad)
    test(`${name}: ${by === 'lint' ? says : `silence, it is for ${by}`}`, () => {
      const { findings } = translate(file)
      const rules = findings.sorted().map(({ rule }) => rule)
      if (by === 'lint') {
        expect(Object.keys(RULES)).toContain(says)
        expect(rules).toContain(says)
      } else expect(findings.sorted().map(tell)).toEqual([])
    })
})

test('most of the corpus needs no compiler', () => {
  expect(bad.length).toBeGreaterThanOrEqual(100)
  expect(bad.filter(({ by }) => by === 'lint').length).toBeGreaterThanOrEqual(75)
})

/** Each with the reason why no file of a few lines meets it. */
const WITHOUT_FILE: Readonly<Partial<Record<RuleId, string>>> = {
  'long-string': 'needs 65,536 characters: tested in text.test.ts',
}

test('every rule is met by a file', () => {
  const met = new Set(
    bad.flatMap(({ file }) => translate(file).findings.list.map(({ rule }) => rule as string)),
  )
  const never = Object.keys(RULES).filter((rule) => !met.has(rule) && !Object.hasOwn(WITHOUT_FILE, rule))
  expect(never).toEqual([])
})

test('every sentence says what to write, and none is empty', () => {
  for (const { file } of bad)
    for (const finding of translate(file).findings.sorted()) {
      expect(finding.message.length).toBeGreaterThan(15)
      expect(tell(finding)).toMatch(
        /^.+\.mq5:\d+:\d+: (?:error|warning|house) [\w-]+(?: \(MetaEditor \d+\))?: /,
      )
      expect(finding.message).not.toMatch(/\$|undefined/)
    }
})

describe('good files are not complained about', () => {
  for (const file of goodFiles())
    test(file.slice(file.lastIndexOf('/') + 1), () =>
      expect(translate(file).findings.sorted().map(tell)).toEqual([]),
    )
  for (const seed of [1, 2, 3, 4])
    test(`the wide program of seed ${seed}, with pointers allowed`, () => {
      const program = wideProgram(seed, 5)
      const file = writeWideProgram(`${folder}/${seed}`, program)
      expect(translate(file, { pointers: true }).findings.sorted().map(tell)).toEqual([])
      expect(program.main.split('\n').length).toBeGreaterThan(3_000)
    })
})
