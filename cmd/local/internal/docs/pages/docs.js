// Swagger UI sends the example of every parameter, and optional ones exclude each other. So
// their examples move into the descriptions, and their fields begin empty.
function emptyOptional(contract) {
  const holders = Object.values(contract.paths).flatMap((path) => [path, ...Object.values(path)]);
  const inline = holders.flatMap((holder) => holder.parameters ?? []);
  for (const parameter of [...inline, ...Object.values(contract.components.parameters)]) {
    if (parameter.required || parameter.example === undefined) continue;
    parameter.description = `${parameter.description ?? ""}\n\nExample: \`${parameter.example}\``;
    delete parameter.example;
  }
  return contract;
}

const emptyFields = {
  statePlugins: {
    spec: { wrapActions: { updateJsonSpec: (update) => (contract) => update(emptyOptional(contract)) } },
  },
};

SwaggerUIBundle({
  url: "/openapi.yaml",
  dom_id: "#docs",
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [emptyFields],
  layout: "BaseLayout",
  deepLinking: true,
  validatorUrl: null, // sends the contract nowhere
});
