// What the first page asks is on its way while the page's own scripts still are: who is here and, for whoever is here
// and comes to the overview, its accounts. src/live/early.ts takes the answers.
;(() => {
  const asked = new Map()
  const ask = (path) => {
    // One that does not come in time is asked for again, by whoever has more patience and something to say.
    const signal = AbortSignal.timeout(5_000)
    const answer = fetch(path, { headers: { accept: 'application/json' }, redirect: 'manual', signal })
    // Whoever takes it hears of it; a page that takes nothing has nothing to complain of.
    answer.catch(() => {})
    asked.set(path, answer)
    return answer
  }
  window.ngtEarly = { at: performance.now(), asked }
  ask('/api/v1/session')
    .then(({ ok }) => {
      if (!ok || !/^(?:#\/?)?$/.test(location.hash)) return
      void ask('/api/v1/accounts?limit=1000')
      void ask('/api/v1/system/status')
    })
    .catch(() => {})
})()
