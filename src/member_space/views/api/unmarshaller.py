"""What reads a question as the document says it: the library's, without what that does anew for each question."""

from typing import Any

from jsonschema_path import SchemaPath
from openapi_core import V31RequestUnmarshaller
from openapi_core.datatypes import Parameters, RequestParameters
from openapi_core.deserializing.styles.deserializers import StyleDeserializer
from openapi_core.schema.parameters import get_style_and_explode
from openapi_core.templating.paths.datatypes import PathOperationServer
from openapi_core.unmarshalling.schemas.unmarshallers import SchemaUnmarshaller
from openapi_core.validation.request.exceptions import ParametersError, ParameterValidationError


class QuestionUnmarshaller(V31RequestUnmarshaller):
    """Looks for no parameter that is neither given nor due; finds an operation, and makes what reads a schema, once.

    A list asked without its filters cost the library as much as the list's statements. The document holds parameters
    in its operations alone, and no object among them: what is given is in the question by its own name.
    """

    def __init__(self, spec: SchemaPath) -> None:
        super().__init__(spec)
        self._parameters: dict[SchemaPath, list[tuple[str, str, bool, SchemaPath]]] = {}
        self._found: dict[tuple[str, str], PathOperationServer] = {}
        self._parsers: dict[SchemaPath, StyleDeserializer] = {}
        self._readers: dict[SchemaPath, SchemaUnmarshaller] = {}

    def _find_path(self, request: Any) -> PathOperationServer:
        """Its operation, which the pattern of its route names; the values in its address come from the route, too."""
        key = (request.method, request.path_pattern)
        if key not in self._found:
            self._found[key] = super()._find_path(request)
        return self._found[key]

    def _get_parameters(
        self,
        parameters: RequestParameters,
        operation: SchemaPath,
        path: SchemaPath,  # noqa: ARG002 - the library's
    ) -> Parameters:
        found, errors = Parameters(), []
        for name, where, is_due, parameter in self._parameters_of(operation):
            if is_due or name in parameters[where]:
                try:
                    getattr(found, where)[name] = self._get_parameter(parameters, parameter)
                except ParameterValidationError as error:
                    errors.append(error)
        if errors:
            raise ParametersError(parameters=found, errors=errors)
        return found

    def _parameters_of(self, operation: SchemaPath) -> list[tuple[str, str, bool, SchemaPath]]:
        """(name, place, whether it has a value where none is given or must be given, itself) of each."""
        if operation not in self._parameters:
            self._parameters[operation] = [
                (
                    (one / "name").read_str(),
                    (one / "in").read_str(),
                    (one / "required").read_bool(default=False) or "default" in one / "schema",
                    one,
                )
                for one in operation.get("parameters", SchemaPath.from_dict({}))
            ]
        return self._parameters[operation]

    def _deserialise_style(self, param_or_header: SchemaPath, location: Any, name: str | None = None) -> Any:
        """The text of a parameter as its type: what does that takes a copy of the checks of every format to make."""
        parser = self._parsers.get(param_or_header)
        if parser is None:
            style, explode = get_style_and_explode(param_or_header)
            parser = self._parsers[param_or_header] = self.style_deserializers_factory.create(
                self.spec,
                param_or_header / "schema",
                style,
                explode,
                name=name or (param_or_header / "name").read_str(),
            )
        return parser.deserialize(location)

    def _validate_schema(self, schema: SchemaPath, value: Any) -> None:
        """What reads the value holds it to its schema first."""

    def _unmarshal_schema(self, schema: SchemaPath, value: Any) -> Any:
        reader = self._readers.get(schema)
        if reader is None:
            reader = self._readers[schema] = self.schema_unmarshallers_factory.create(
                self.spec,
                schema,
                format_validators=self.format_validators,
                extra_format_validators=self.extra_format_validators,
                format_unmarshallers=self.format_unmarshallers,
                extra_format_unmarshallers=self.extra_format_unmarshallers,
            )
        return reader.unmarshal(value)
