// The dashboard begins: styles, theme, session, router.
import '@fontsource-variable/inter/index.css'
import './ui/mantine.css'
import './ui/tokens.css'
import './ui/base.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { firstAnswers, newQueryClient } from './live/queries.ts'
import { SessionProvider } from './live/session.tsx'
import { firstScheme, theme } from './ui/theme.ts'

const Hints = lazy(() => import('./ui/hints.tsx'))

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
const queries = newQueryClient()
const onFirst = () => firstAnswers(queries)
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme={firstScheme()}
      // What these would write into the page is in files: its policy has no room for <style> elements.
      withCssVariables={false}
      withGlobalClasses={false}
      deduplicateCssVariables={false}
    >
      <QueryClientProvider client={queries}>
        <SessionProvider onFirst={onFirst}>
          <App />
          <Suspense>
            <Hints />
          </Suspense>
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
