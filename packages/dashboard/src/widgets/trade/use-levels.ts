// The two levels of something that is there already: typed, checked, and whether they differ from what is set.
import type { SymbolView } from '@ngtb/sdk'
import { useState } from 'react'
import type { Side } from '../../live/index.ts'
import { figureOf } from '../../trade/draft.ts'
import { levelProblem } from '../../trade/spec-check.ts'
import { priceText } from '../../ui/index.ts'

export interface LevelsStart {
  sl: number | null
  tp: number | null
}

const textOf = (level: number | null, digits: number | null | undefined) =>
  level === null || level === 0 ? '' : priceText(level, digits)

export function useLevels(start: LevelsStart, spec: SymbolView | undefined) {
  const [sl, setSl] = useState(() => textOf(start.sl, spec?.digits))
  const [tp, setTp] = useState(() => textOf(start.tp, spec?.digits))
  const levels = { sl: figureOf(sl) ?? 0, tp: figureOf(tp) ?? 0 }
  const changed = levels.sl !== (start.sl ?? 0) || levels.tp !== (start.tp ?? 0)
  /** @param from the price that they are measured from */
  const problems = (side: Side, from: number | null) => ({
    sl: levelProblem('sl', levels.sl, side, from, spec) ?? undefined,
    tp: levelProblem('tp', levels.tp, side, from, spec) ?? undefined,
  })
  return { sl, tp, setSl, setTp, levels, changed, problems }
}
