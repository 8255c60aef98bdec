// A QR code as one SVG path: dark squares on white, whatever the scheme, for that is what cameras read.
import { encode } from 'uqr'

export function QrCode({ text, size = 176 }: { text: string; size?: number }) {
  const { data, size: modules } = encode(text, { border: 0, ecc: 'M' })
  const path = data
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('')
  return (
    <svg
      width={size}
      height={size}
      viewBox={`0 0 ${modules} ${modules}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label="QR code for your authenticator; the secret stands below as text"
    >
      <path d={path} fill="#000000" />
    </svg>
  )
}
