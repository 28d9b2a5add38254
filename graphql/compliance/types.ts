import { Field, ObjectType } from 'type-graphql';
import type { z } from 'zod';
import { profileVersion, RULE_NAMES, rulesShape } from '../../src/compliance/law/profile';
import { complianceRules } from '../../src/compliance/own/override-service';
import { ShiftType, WeeklyShiftsType } from '../campaigns/types';
import { enumOf } from '../enums';
import { objectFrom, showAs } from '../inputs/from-zod';
import { RecordType } from '../organisations/record-type';

showAs('ShiftInput', ShiftType);
showAs('WeeklyShiftsInput', WeeklyShiftsType);

const VersionType = objectFrom('ComplianceProfileVersion', profileVersion, 'What holds from one day to another.');
const RulesType = objectFrom('ComplianceRules', complianceRules, 'Rules of a profile, each under its name.');
const RuleNameType = enumOf('ComplianceRule', RULE_NAMES, 'Rules that a profile may have.');

type Version = z.output<typeof profileVersion>;
type Rules = Pick<Version, keyof typeof rulesShape>;

@ObjectType('ShippedComplianceProfile', {
  description: 'What the law of a jurisdiction says, as it comes with the product.',
})
export class ShippedComplianceProfileType {
  @Field({
    description: 'ISO 3166-1 country, ISO 3166-2 region, or DEFAULT: what holds where no other says otherwise.',
  })
  jurisdiction!: string;

  @Field({ description: 'Name.' })
  name!: string;

  @Field(() => [String], { description: 'Countries that it is the profile of, besides its own.' })
  covers!: string[];

  @Field(() => [String], { description: 'All its IANA zones, for numbers whose zone is not known.' })
  zones!: string[];

  @Field(() => [VersionType], { description: 'Its versions; every figure has its source.' })
  versions!: Version[];
}

@ObjectType('ComplianceProfile', {
  description: "A profile of the organisation's own: it adds to the law that is shipped.",
})
export class ComplianceProfileType extends RecordType {
  @Field({ description: 'Jurisdiction, or X-NAME for records that name it.' })
  jurisdiction!: string;

  @Field({ description: 'Name.' })
  name!: string;

  @Field(() => [String], { description: 'All its IANA zones, for numbers whose zone is not known.' })
  zones!: string[];

  @Field(() => [VersionType], { description: 'Its versions.' })
  versions!: Version[];

  @Field(() => Date, { nullable: true, description: 'Since when it is in force nowhere; null: it is.' })
  retiredAt!: Date | null;
}

@ObjectType('ComplianceOverride', { description: "A looser rule in place of a shipped profile's, with a reason." })
export class ComplianceOverrideType extends RecordType {
  @Field({ description: 'Jurisdiction of the shipped profile.' })
  profile!: string;

  @Field(() => RuleNameType, { description: 'Which rule.' })
  rule!: string;

  @Field(() => RulesType, { description: "The rule in place of the profile's, under its name." })
  value!: Rules;

  @Field({ description: 'Why it may be looser.' })
  reason!: string;

  @Field({ description: 'First day, YYYY-MM-DD.' })
  from!: string;

  @Field({ description: 'Last day, YYYY-MM-DD.' })
  to!: string;

  @Field(() => Date, { nullable: true, description: 'When it was ended before its time; null: it was not.' })
  endedAt!: Date | null;

  @Field({ description: 'Who made it.' })
  createdBy!: string;
}
