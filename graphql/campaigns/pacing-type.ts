import { Field, Float, Int, ObjectType } from 'type-graphql';
import {
  type NumberParameter,
  OFFER_ACTIONS,
  PACING_PARAMETERS,
  type PacingInput,
  PREVIEW_TYPES,
} from '../../src/campaigns/parameters';
import { enumOf } from '../enums';

const PreviewType = enumOf(
  'PreviewType',
  PREVIEW_TYPES,
  'STANDARD: the dialer dials; DIRECT: the agent hears the ringing.',
);
const OfferAction = enumOf('OfferAction', OFFER_ACTIONS, 'What happens to an offer that timed out.');

/** Its number fields come from the one table of parameters; all are null that do not belong to the mode. */
@ObjectType('Pacing', { description: 'Pacing parameters; null when they do not belong to the mode.' })
export class PacingType implements PacingInput {
  @Field(() => PreviewType, { nullable: true, description: 'PREVIEW: who dials.' })
  previewType?: (typeof PREVIEW_TYPES)[number];

  @Field(() => OfferAction, { nullable: true, description: 'PREVIEW: what happens to an offer that timed out.' })
  offerAutoAction?: (typeof OFFER_ACTIONS)[number];

  @Field(() => Boolean, { nullable: true, description: 'PREVIEW: whether agents may skip an offer.' })
  skipAllowed?: boolean;

  @Field(() => Boolean, { nullable: true, description: 'PREVIEW: whether agents may remove a contact.' })
  removeAllowed?: boolean;

  abandonRate?: number | undefined;
}

for (const [name, parameter] of Object.entries<NumberParameter>(PACING_PARAMETERS)) {
  const { min, max, unit, whole, description } = parameter;
  Field(() => (whole ? Int : Float), {
    nullable: true,
    description: `${description} ${min}–${max}${unit ? ` ${unit}` : ''}.`,
  })(PacingType.prototype, name);
}
