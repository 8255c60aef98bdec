// The loader's side of mutate.mjs. A text that is not found exactly once means that the source has moved on: such a
// mutant proves nothing any more, and says so.
let edits = []

export async function initialize(data) {
  edits = data ?? []
}

export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context)
  const [path] = url.split('?')
  const mine = edits.filter(({ file }) => path.endsWith(`/${file}`))
  if (mine.length === 0) return loaded
  let source = String(loaded.source)
  for (const { file, find, replace } of mine) {
    const found = source.split(find).length - 1
    if (found !== 1) throw new Error(`stale mutant: its text stands ${found} times in ${file}`)
    source = source.replace(find, () => replace)
  }
  return { ...loaded, source }
}
