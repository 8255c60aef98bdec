// Before the first paint: the colour scheme that was chosen here, else the system's. A file, for the page's policy has no
// room for scripts in the page.
;(() => {
  let chosen = null
  try {
    chosen = localStorage.getItem('ngt-colour-scheme')
  } catch {
    // No storage: the system decides.
  }
  const light = window.matchMedia('(prefers-color-scheme: light)').matches
  const scheme = chosen === 'light' || chosen === 'dark' ? chosen : light ? 'light' : 'dark'
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme)
})()
