// Is this password good enough? Length counts, and that it is no pattern; which kinds of characters is nobody's
// business (docs/spec/people.md).
//
//   Q1. 12 to 128 characters as a person counts them.
//   Q2. The name is not in it.
//   Q3. It is read as a guesser would: a well-known word, a run, a row of keys, a date and a repetition are one piece
//       each, whatever letters were exchanged for digits; fewer than 7 pieces are too few.
import { limits } from '@ngtb/protocol'

const PIECES_MIN = 7
/** A name of one or two letters is in many words by chance. */
const NAME_LENGTH_MIN = 3
const RUN_MIN = 3
/** Digits that stand together: so many are a piece, as in a date or a number known by heart. */
const DIGITS_A_PIECE = 4

/** What many people begin with, by our own thought, in English and German, and the words of this trade. */
const WORDS = `
  password passwort passwd kennwort geheim secret welcome willkommen hallo hello login admin administrator root user
  guest test default changeme letmein master access server computer internet windows linux google facebook
  iloveyou love liebe schatz baby princess prinzessin dragon monkey football fussball soccer baseball superman batman
  starwars pokemon sunshine flower summer sommer winter spring autumn herbst monday montag sunday sonntag
  january januar february march april june juni july juli august september october oktober november december dezember
  berlin london paris america deutschland germany schalke bayern ferrari mercedes porsche
  trading trader trade forex metatrader broker bitcoin crypto money geld euro dollar eurusd market profit
  bot strategy account konto bank bull bear
  michael thomas daniel andreas martin peter stefan alexander jessica jennifer nicole anna maria julia
  correcthorse batterystaple qwerty qwertz azerty asdf yxcv zxcv abc pass word the and with your my mein
`
  .trim()
  .split(/\s+/)
  .sort((a, b) => b.length - a.length)

const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  '1234567890',
  'qwertzuiopü',
  'qwertyuiop',
  'asdfghjklöä',
  'yxcvbnm',
  'zxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  '1qay2wsx3edc4rfv5tgb6zhn7ujm8ik9ol0p',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '!"§$%&/()=',
  '!@#$%^&*()',
]
const LINES = [...ROWS, ...ROWS.map((row) => [...row].reverse().join(''))]

const EXCHANGED: Readonly<Record<string, string>> = {
  ...{ 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b' },
  ...{ '@': 'a', $: 's', '!': 'i', '|': 'l', '€': 'e' },
}

/** Why not, as one sentence for the person; null: it is good. */
export function passwordFault(password: string, name: string): string | null {
  const { password_length_min: min, password_length_max: max } = limits
  const length = [...password].length
  if (length < min) return `it has ${length} characters; ${min} is the least`
  if (length > max) return `it has ${length} characters; ${max} is the most`
  const lower = password.normalize('NFKC').toLowerCase()
  const own = name.normalize('NFKC').toLowerCase()
  if (own.length >= NAME_LENGTH_MIN && (lower.includes(own) || plainLetters(lower).includes(own)))
    return 'your name is in it'
  if (piecesOf(lower) < PIECES_MIN)
    return 'it is a common word or a pattern, and so among the first to be tried'
  return null
}

const plainLetters = (text: string): string => [...text].map((one) => EXCHANGED[one] ?? one).join('')

/**
 * Q3. Of how many pieces a guesser would put it together, at the least: in "aaaaadmin" the run ends where the word
 * begins, however far it could go on.
 */
export function piecesOf(lower: string): number {
  const letters = plainLetters(lower)
  /** From each place to the end. */
  const pieces: number[] = new Array(lower.length + 1).fill(0)
  for (let at = lower.length - 1; at >= 0; at--) {
    const digits = /^[0-9]+/.exec(lower.slice(at))?.[0].length ?? 0
    const pattern = Math.max(
      ...[sameAt(lower, at), lineAt(lower, at), repeatedAt(lower, at)],
      ...[Math.min(digits, DIGITS_A_PIECE), 1],
    )
    const ends = [...Array.from({ length: pattern }, (_, n) => at + n + 1), ...wordsAt(letters, at)]
    pieces[at] = 1 + Math.min(...ends.map((end) => pieces[end] ?? 0))
  }
  return pieces[0] ?? 0
}

/** Where the words end that begin here. */
const wordsAt = (letters: string, at: number): number[] =>
  WORDS.filter((word) => letters.startsWith(word, at)).map((word) => at + word.length)

function sameAt(text: string, at: number): number {
  let end = at + 1
  while (text[end] === text[at]) end += 1
  return end - at >= RUN_MIN ? end - at : 0
}

/** A stretch of the alphabet, of the digits or of the keyboard, in either direction. */
function lineAt(text: string, at: number): number {
  let longest = 0
  for (const line of LINES) {
    let length = RUN_MIN
    while (at + length <= text.length && line.includes(text.slice(at, at + length))) {
      longest = Math.max(longest, length)
      length += 1
    }
  }
  return longest
}

/** What stood here before, once more. */
function repeatedAt(text: string, at: number): number {
  let length = 0
  while (at + length < text.length && text.slice(0, at).includes(text.slice(at, at + length + 1))) length += 1
  return length >= RUN_MIN ? length : 0
}
