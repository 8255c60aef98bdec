// One row of the catalogue of refusals.
export interface CatalogueRow {
  readonly number: number
  readonly http: number
  readonly title: string
  readonly hint: string
}

export const row = (number: number, http: number, title: string, hint: string): CatalogueRow => ({
  number,
  http,
  title,
  hint,
})
