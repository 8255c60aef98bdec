// The loader's side of mutate.mjs. A text that is not found exactly once means that the source has moved on: such a
// mutant proves nothing any more, and says so.
let mutant = null

export async function initialize(data) {
  mutant = data
}

export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context)
  if (mutant === null || !url.split('?')[0].endsWith(`/${mutant.file}`)) return loaded
  const source = String(loaded.source)
  const found = source.split(mutant.find).length - 1
  if (found !== 1) throw new Error(`stale mutant: its text stands ${found} times in ${mutant.file}`)
  return { ...loaded, source: source.replace(mutant.find, () => mutant.replace) }
}
