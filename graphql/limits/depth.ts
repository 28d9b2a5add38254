import { GraphQLError, type SelectionSetNode, type ValidationContext, type ValidationRule } from 'graphql';

export const MAX_DEPTH = 12;

/**
 * Refuses queries nested deeper than the limit before anything runs. Introspection is left out: its own nesting is
 * bounded by a rule of graphql-js. Each fragment is measured once; one that spreads itself is another rule's matter.
 */
export const depthRule: ValidationRule = (context: ValidationContext) => {
  const measured = new Map<string, number>();

  const depthOf = (set: SelectionSetNode | undefined): number => {
    let deepest = 0;
    for (const selection of set?.selections ?? []) {
      if (selection.kind === 'Field') {
        if (selection.name.value.startsWith('__')) continue;
        deepest = Math.max(deepest, 1 + depthOf(selection.selectionSet));
      } else if (selection.kind === 'InlineFragment') {
        deepest = Math.max(deepest, depthOf(selection.selectionSet));
      } else {
        deepest = Math.max(deepest, depthOfFragment(selection.name.value));
      }
    }
    return deepest;
  };

  const depthOfFragment = (name: string): number => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    measured.set(name, 0);
    const depth = depthOf(context.getFragment(name)?.selectionSet);
    measured.set(name, depth);
    return depth;
  };

  return {
    OperationDefinition(operation) {
      if (depthOf(operation.selectionSet) <= MAX_DEPTH) return;
      context.reportError(
        new GraphQLError(`the query is nested deeper than ${MAX_DEPTH} levels`, {
          extensions: { code: 'QUERY_TOO_DEEP' },
        }),
      );
    },
  };
};
