"""Elasticsearch: POST /_bulk, and the requests that its clients send first.

https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk. Each item has a status of its own: clients
repeat one with 429 or 5xx, and drop one with 400. A document's _id becomes its log's id. A log that is stored already
stays as it is, even under the action `index`.
"""

import base64
import time
from typing import Any

from flask import Blueprint, Response, jsonify

from webapp.access.auth import authenticate
from webapp.access.protocol_credentials import get_basic_api_key, get_scheme_api_key
from webapp.http import home
from webapp.http.body import read_body
from webapp.http.problems import Problem
from webapp.ingest.accept import Rejection, accept_records
from webapp.openapi.operation import documented, response
from webapp.protocols.elasticsearch.bulk import Item, decode
from webapp.protocols.operations import (
    BASIC,
    JSON,
    NDJSON,
    OBJECT,
    OBJECTS,
    api_key_header,
    describe_errors,
    describe_ingest,
    describe_probe,
)

blueprint = Blueprint("elasticsearch", __name__)

# Beats 8 and the clients refuse a server whose major version is lower than their own.
ELASTICSEARCH_VERSION = "8.19.0"
_TYPES = {
    401: "security_exception",
    403: "security_exception",
    413: "content_too_long_exception",
    429: "es_rejected_execution_exception",
    503: "unavailable_shards_exception",
}
_CREATED = {"_version": 1, "_seq_no": 0, "_primary_term": 1, "_shards": {"total": 1, "successful": 1, "failed": 0}}


@blueprint.after_request
def add_product_header(response: Response) -> Response:
    """Add the header without which Elastic's clients refuse a server."""
    response.headers["X-Elastic-Product"] = "Elasticsearch"
    return response


@blueprint.get("/")
@documented(describe_probe("Elasticsearch", "Get name and version, or a page for browsers", OBJECT, JSON, "text/html"))
def describe() -> Response:
    """Return name and version, which clients ask for before they send.

    A browser gets a page instead.
    """
    if home.wants_page():
        return home.build_page()
    return jsonify(
        name="sluice",
        cluster_name="sluice",
        cluster_uuid="sluice",
        version={
            "number": ELASTICSEARCH_VERSION,
            "build_flavor": "default",
            "build_type": "tar",
            "build_hash": "unknown",
            "build_date": "2025-01-01T00:00:00.000Z",
            "build_snapshot": False,
            "lucene_version": "9.12.2",
            "minimum_wire_compatibility_version": "7.17.0",
            "minimum_index_compatibility_version": "7.0.0",
        },
        tagline="You Know, for Search",
    )


@blueprint.get("/_license")
@documented(describe_probe("Elasticsearch", "Get the license", OBJECT))
def license() -> Response:
    """Return an active license, without which Beats and Logstash do not send."""
    return jsonify(license={"uid": "sluice", "type": "basic", "mode": "basic", "status": "active"})


@blueprint.get("/_cluster/health")
@documented(describe_probe("Elasticsearch", "Check the health", OBJECT))
def health() -> Response:
    """Return the health, which Vector asks for before it sends."""
    return jsonify(cluster_name="sluice", status="green", timed_out=False, number_of_nodes=1)


@blueprint.route("/_bulk", methods=["POST", "PUT"])
@blueprint.route("/<index>/_bulk", methods=["POST", "PUT"])
@documented(
    describe_ingest(
        "Elasticsearch",
        "Index documents in bulk",
        {NDJSON: OBJECTS, JSON: OBJECTS},
        {200: response("A status for each document.", {"type": "object", "required": ["took", "errors", "items"]})}
        | describe_errors({"type": "object", "required": ["error", "status"]}),
        api_key_header("elasticsearch", "Authorization", "ApiKey, then the API key.") | BASIC,
    )
)
def bulk(index: str = "") -> Response:
    """Accept documents, each after a line with its action.

    Returns:
        200 with a status for each.
    Raises:
        Problem: 400 if an action can't be read, 401, 403, 413, 429 or 503, as Elasticsearch's errors.
    """
    started = time.monotonic()
    caller = authenticate("ingest", _get_api_key(), get_basic_api_key())
    body = read_body()
    items = decode(body, index)
    receipt = accept_records([item.record for item in items], caller, len(body))
    rejections = {rejection.index: rejection for rejection in receipt.rejections}
    answers: list[dict[str, Any]] = []
    for index_in_request, (item, log_id) in enumerate(zip(items, receipt.log_ids, strict=True)):
        if rejection := rejections.get(index_in_request):
            answers.append(_describe_failure(item, rejection))
        else:
            created = {"_index": item.index, "_id": log_id, "result": "created", **_CREATED, "status": 201}
            answers.append({item.action: created})
    took = round((time.monotonic() - started) * 1000)
    return jsonify(took=took, errors=bool(rejections), items=answers)


def _describe_failure(item: Item, rejection: Rejection) -> dict[str, Any]:
    supported = item.action in ("index", "create")
    error = {
        "type": "document_parsing_exception" if supported else "illegal_argument_exception",
        "reason": f"{rejection.code}: {rejection.detail}",
    }
    return {item.action: {"_index": item.index, "_id": rejection.log_id, "status": 400, "error": error}}


@blueprint.errorhandler(Problem)
def to_elastic(problem: Problem) -> tuple[Response, int, dict[str, str]]:
    """Answer a problem in the shape of Elasticsearch's errors."""
    status = 400 if problem.status == 422 else problem.status
    cause = {
        "type": _TYPES.get(status, "illegal_argument_exception"),
        "reason": f"{problem.code}: {problem.detail}",
    }
    return jsonify(error={"root_cause": [cause], **cause}, status=status), status, problem.headers


def _get_api_key() -> str | None:
    """Return the API key of the scheme ApiKey.

    Clients send the base64 of id:key, or the key as they were given it.
    """
    given = get_scheme_api_key("ApiKey")
    if given is None:
        return None
    try:
        decoded = base64.b64decode(given, validate=True).decode()
    except ValueError:
        return given
    _, colon, api_key = decoded.partition(":")
    return api_key if colon else given
