// The types that send one order. CLOSE_ALL sends many (flow-close-all.ts); the rest send none (flow-small.ts).

import { cancelPending, closeBy, closePartial, closeTrade } from './close.ts'
import { modifyPending, modifyTrade } from './modify.ts'
import { openTrade } from './open-trade.ts'
import { placePending } from './place-pending.ts'
import type { Recipe } from './recipe.ts'

export const RECIPES = {
  OPEN_TRADE: openTrade,
  PLACE_PENDING: placePending,
  MODIFY_TRADE: modifyTrade,
  MODIFY_PENDING: modifyPending,
  CLOSE_TRADE: closeTrade,
  CLOSE_PARTIAL: closePartial,
  CLOSE_BY: closeBy,
  CANCEL_PENDING: cancelPending,
} as const satisfies Record<string, Recipe>

export const recipeOf = (type: string): Recipe | null =>
  Object.hasOwn(RECIPES, type) ? RECIPES[type as keyof typeof RECIPES] : null

export type { Reading, Recipe } from './recipe.ts'
export { retcodeFields } from './recipe.ts'
