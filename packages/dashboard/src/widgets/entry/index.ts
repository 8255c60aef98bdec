// The door of entry/: what lets people in, and asks again who they are.
export { ConfirmPerson } from './confirm-person.tsx'
export { Enrol } from './enrol.tsx'
export { Login } from './login.tsx'
export { Setup } from './setup.tsx'
