// Mantine in our measures. Colours are in tokens.css: no style is made in the page, which its policy would refuse.
//
//   M1. No responsive style props (`w={{ base, sm }}`), no Grid, SimpleGrid or AppShell: they write <style> elements.
//   M2. No locked scrolling by script for the same reason; base.css does it by :has().
import { createTheme, defaultVariantColorsResolver } from '@mantine/core'

export const theme = createTheme({
  primaryColor: 'teal',
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Filled buttons: the accent, or danger for what can't be undone; each with text that can be read on it.
  variantColorResolver: (input) => {
    const name = input.variant === 'filled' ? (input.color === 'red' ? 'danger' : 'accent') : null
    if (name === null) return defaultVariantColorsResolver(input)
    return {
      background: `var(--ngt-${name})`,
      hover: `color-mix(in srgb, var(--ngt-${name}) 88%, var(--ngt-text))`,
      hoverColor: `var(--ngt-on-${name})`,
      color: `var(--ngt-on-${name})`,
      border: 'none',
    }
  },
  components: {
    Modal: {
      defaultProps: {
        lockScroll: false,
        overlayProps: { backgroundOpacity: 0.55 },
        transitionProps: { duration: 120 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    // Its placeholder is a child that a menu may not have.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Tooltip: {
      vars: () => ({ tooltip: { '--tooltip-bg': 'var(--ngt-tip)', '--tooltip-color': 'var(--ngt-on-tip)' } }),
      defaultProps: { withArrow: true },
    },
  },
})

const CHOSEN = 'ngt-colour-scheme'

/** Where theme.js looks before the first paint. */
export const keepScheme = (scheme: 'light' | 'dark'): void => {
  try {
    localStorage.setItem(CHOSEN, scheme)
  } catch {
    // Private windows have no storage: the choice lasts as long as the page.
  }
}

export const firstScheme = (): 'light' | 'dark' =>
  document.documentElement.getAttribute('data-mantine-color-scheme') === 'light' ? 'light' : 'dark'
