// The door of ui/: the design system. Tables, dialogs and hints have doors of their own (data-table.tsx,
// confirm-dialog.tsx, hints.tsx): the first page comes without what they need.
export { Ago } from './ago.tsx'
export { StatusChip, type StatusChipProps, StatusMark } from './chip.tsx'
export { CopyButton } from './copy.tsx'
export * from './format.ts'
export { Icon, type IconName } from './icons.tsx'
export { Figure, Flash, Lots, Money, Price, ProfitLoss } from './numbers.tsx'
export { FigureOf, Figures, Page, type PageProps, Panel } from './page.tsx'
export { EmptyState, ErrorState, SkeletonRows, SkeletonText } from './states.tsx'
