import { Field, ID, Int, ObjectType } from 'type-graphql';

/** What every configuration record shows. */
@ObjectType()
export abstract class RecordType {
  @Field(() => ID, { description: 'Opaque id.' })
  id!: string;

  @Field(() => Int, { description: 'Rises with every change; an update names the version it saw.' })
  version!: number;

  @Field({ description: 'When it was made.' })
  createdAt!: Date;
}
