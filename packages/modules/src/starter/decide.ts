// What my-module decides: values in, a wish out. No clock, no network, so a test can try all of it.

/** The newest prices of each account, oldest first. */
export type Prices = Map<string, number[]>

/** Takes one price in; answers the last `slow` of that account. */
export function seen(prices: Prices, account: string, price: number, slow: number): number[] {
  const ours = [...(prices.get(account) ?? []), price].slice(-slow)
  prices.set(account, ours)
  return ours
}

export function decide(prices: readonly number[], is_open: boolean, fast: number, slow: number) {
  if (prices.length < slow) return null
  const difference = mean(prices.slice(-fast)) - mean(prices)
  if (!is_open && difference > 0) return 'buy'
  return is_open && difference < 0 ? 'close' : null
}

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length
