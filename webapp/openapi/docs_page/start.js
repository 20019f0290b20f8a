// validatorUrl: Swagger UI would send the document's address to swagger.io to have it checked.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
});
