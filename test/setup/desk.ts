/** Agents without GraphQL, for tests below the API; the benches use the same. */
export { createDesk, type Desk, type DeskAgent, type DeskOptions } from '../../bench/calls/desk';
