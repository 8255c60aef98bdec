// Which requests are which, for the doors that lie about them.
import type { PassingRequest } from '../proxy/http.ts'

export const isCreation = ({ method, url }: PassingRequest) => method === 'POST' && /\/commands$/.test(url)
export const isPoll = ({ url }: PassingRequest) => /^\/api\/(get_commands|heartbeat)/.test(url)
export const isAnswer = ({ url }: PassingRequest) => url.startsWith('/api/command_response')
