import { registerEnumType } from 'type-graphql';

export enum RoleEnum {
  ADMIN = 'ADMIN',
  CAMPAIGN_MANAGER = 'CAMPAIGN_MANAGER',
  SUPERVISOR = 'SUPERVISOR',
  AGENT = 'AGENT',
  ANALYST = 'ANALYST',
  INTEGRATION = 'INTEGRATION',
}

registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'What a user or key may do. ADMIN may do all within the organisation.',
  valuesConfig: {
    ADMIN: { description: 'Everything within the organisation.' },
    CAMPAIGN_MANAGER: { description: 'Sets up and runs groups, campaigns and lists.' },
    SUPERVISOR: { description: 'Watches agents and campaigns, acts for agents.' },
    AGENT: { description: 'Works at a desktop.' },
    ANALYST: { description: 'Reads reports.' },
    INTEGRATION: { description: 'A program: lists, contacts, campaigns and their actions.' },
  },
});
