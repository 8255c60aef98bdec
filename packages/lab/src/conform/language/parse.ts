// The text of a `.scn` file into a dialogue. Every mistake says its file and line.
import {
  type Arrow,
  type Dialogue,
  DialogueError,
  type Field,
  NOTHING,
  type Part,
  type Role,
  type Step,
} from './dialogue.ts'
import { readTerm } from './terms.ts'
import { wordsOf } from './words.ts'

const ARROWS: readonly string[] = ['->', '<-', 'until'] satisfies Arrow[]
const FIELD = /^([A-Za-z_][\w.-]*)=([\s\S]*)$/
export const SPEAKER = /^(?:[EW][2-9]?|[CABH]|wait|let)$/

/** A part that is still growing, line by line. */
interface Draft {
  words: string[]
  fields: Field[]
  items: Draft[] | null
}

interface StepDraft extends Omit<Step, 'said' | 'answer' | 'text' | 'arrow'> {
  text: string
  said: Draft
  arrow: Arrow | null
  answer: Draft
}

/** @param role which side is under test; @throws {DialogueError} */
export function parseDialogue(file: string, text: string, role: Role): Dialogue {
  const why: string[] = []
  let ea: Part = NOTHING
  const steps: StepDraft[] = []
  for (const [index, raw] of text.replace(/\n$/, '').split('\n').entries()) {
    const line = index + 1
    try {
      if (raw.trim() === '') continue
      if (raw.startsWith('#')) {
        if (steps.length === 0) why.push(raw.replace(/^#\s?/, ''))
        continue
      }
      const words = wordsOf(raw)
      if (words.length === 0) continue
      if (/^\s/.test(raw)) grow(steps.at(-1), raw, words)
      else if (words[0] === 'ea') ea = header(words.slice(1), ea, steps)
      else steps.push(begin(line, raw, words))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new DialogueError(`${file}:${line}: ${error.message}\n    ${raw}`)
    }
  }
  if (why.length === 0) throw new DialogueError(`${file}:1: the first lines say why: # …`)
  if (steps.length === 0) throw new DialogueError(`${file}:1: nobody says anything`)
  return { role, file, rule: ruleOf(file), why, ea, steps }
}

/** `…/07_a_poll_is_a_lease.scn` holds "a poll is a lease". */
export const ruleOf = (file: string): string =>
  (file.split('/').at(-1) ?? file)
    .replace(/\.scn$/, '')
    .replace(/^\d+_/, '')
    .replaceAll('_', ' ')

function header(words: readonly string[], before: Part, steps: readonly StepDraft[]): Part {
  if (steps.length > 0 || before !== NOTHING)
    throw new RangeError('the EA is introduced once, before anybody speaks')
  const draft = empty()
  addWords(draft, words)
  return draft
}

function begin(line: number, raw: string, words: readonly string[]): StepDraft {
  const [speaker = '', ...rest] = words
  if (!SPEAKER.test(speaker))
    throw new RangeError(`${speaker} is no speaker: E, E2 …, W, W2 …, C, A, B, H, or wait`)
  const at = rest.findIndex((word) => ARROWS.includes(word))
  const said = at === -1 ? rest : rest.slice(0, at)
  // `E <- 200`: nothing is said, something comes.
  const [verb = '', ...more] = said[0] !== undefined && FIELD.test(said[0]) ? ['', ...said] : said
  const draft: StepDraft = {
    line,
    text: raw.trim(),
    speaker,
    verb,
    said: empty(),
    arrow: null,
    answer: empty(),
  }
  addWords(draft.said, more)
  if (at !== -1) point(draft, rest[at] as Arrow, rest.slice(at + 1))
  return draft
}

/** An indented line goes on with the step above it: an item, the arrow, or more fields. */
function grow(step: StepDraft | undefined, raw: string, words: readonly string[]): void {
  if (step === undefined)
    throw new RangeError('an indented line goes on with a step, and there is none above')
  step.text += `\n${raw}`
  const side = step.arrow === null ? step.said : step.answer
  const [first = '', ...rest] = words
  if (ARROWS.includes(first)) point(step, first as Arrow, rest)
  else if (first === '+') addItem(side, rest)
  else addWords(side.items?.at(-1) ?? side, words)
}

function addItem(side: Draft, words: readonly string[]): void {
  side.items ??= []
  if (words.length === 1 && words[0] === 'nothing') return
  const item = empty()
  addWords(item, words)
  side.items.push(item)
}

function point(step: StepDraft, arrow: Arrow, words: readonly string[]): void {
  if (step.arrow !== null) throw new RangeError('one step has one arrow')
  step.arrow = arrow
  addWords(step.answer, words)
}

function addWords(part: Draft, words: readonly string[]): void {
  for (const word of words) {
    const [, path, value] = FIELD.exec(word) ?? []
    if (path !== undefined) part.fields.push({ path, term: readTerm(value ?? '') })
    else if (part.fields.length > 0) throw new RangeError(`${word} has no name: words come before name=value`)
    else part.words.push(word)
  }
}

const empty = (): Draft => ({ words: [], fields: [], items: null })
