import type { Role } from '../../store/access/access-store.js';

const everyone: readonly Role[] = ['viewer', 'responder', 'approver', 'admin'];
const acting: readonly Role[] = ['responder', 'approver', 'admin'];
const deciding: readonly Role[] = ['approver', 'admin'];
const governing: readonly Role[] = ['admin'];

/** Who may do what: the whole of it. */
export const permissions = {
  'me:read': everyone,
  'metrics:read': everyone,
  'findings:read': everyone,
  'findings:change': acting,
  'findings:import': acting,
  'events:send': acting,
  'insights:read': everyone,
  'insights:change': acting,
  'actions:read': everyone,
  'actions:run': acting,
  'actions:define': governing,
  'rules:read': everyone,
  'rules:preview': acting,
  'rules:change': governing,
  'runs:read': everyone,
  'runs:request': acting,
  'runs:stop': acting,
  'runs:resume': deciding,
  /** Undoing changes an account at once: who may do it could have approved it. */
  'runs:undo': deciding,
  'approvals:decide': deciding,
  'settings:read': everyone,
  'settings:change': governing,
  'waves:read': everyone,
  'waves:start': acting,
  'waves:go-on': deciding,
  'kill-switch:read': everyone,
  /** Stopping is always safe. */
  'kill-switch:engage': acting,
  'kill-switch:release': governing,
  'tokens:manage': governing,
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Permission = keyof typeof permissions;

export function may(role: Role, permission: Permission): boolean {
  const allowed: readonly Role[] = permissions[permission];
  return allowed.includes(role);
}
