// Plants a bug on purpose: one source text is changed while it is loaded, in this process and in those it starts.
//
//   NODE_OPTIONS="--import file:///…/mutate.mjs" LAB_MUTANT='{"file":"packages/…","find":"…","replace":"…"}'
//
// By NODE_OPTIONS it is there before tsx, so that it sees the TypeScript as it stands in the file (mutant.ts).
import { register } from 'node:module'

const mutant = process.env.LAB_MUTANT
if (mutant !== undefined) {
  const { file, find, replace } = JSON.parse(mutant)
  const data = { url: new URL(file, new URL('../../../../', import.meta.url)).href, find, replace }
  register(`data:text/javascript,${encodeURIComponent(hooks())}`, { parentURL: import.meta.url, data })
}

/** The hooks run in a thread of their own; as a text they stay in this file. */
function hooks() {
  return `
    let mutant
    export function initialize(data) { mutant = data }
    export async function load(url, context, next) {
      const loaded = await next(url, context)
      if (url.split('?', 1)[0] !== mutant.url) return loaded
      const parts = String(loaded.source).split(mutant.find)
      if (parts.length !== 2) throw new Error('the mutant finds its text ' + (parts.length - 1) + ' times in ' + url)
      return { ...loaded, source: parts.join(mutant.replace) }
    }`
}
