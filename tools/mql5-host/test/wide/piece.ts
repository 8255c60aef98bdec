// The wide program: a piece is one construct of the language, with numbers of its own and the answers that the host
// must give. `n` makes its names its own.
import type { Random } from './random.ts'

export interface Piece {
  /** Declarations before everything: types, globals, inputs. */
  readonly top?: string
  /** What is defined after the test: functions in MQL5 need no prototype. */
  readonly after?: string
  /** Statements; each checks with Check(condition,what) or Eq(got,wanted,what). */
  readonly body: string
}

export type Kind = (random: Random, n: number) => Piece

/** A string literal of MQL5. */
export const quote = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`

export const wrap = (bits: 32 | 64, signed: boolean, value: bigint): bigint =>
  signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)
