"""What the OpenAPI document covers, and the problems that it names for each operation."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema

from marketplace.api.serializers import ProblemData
from marketplace.web.rest import CONTENT_TYPE

Endpoint = tuple[str, str, str, Any]
Direction = Literal["request", "response"]

#: Status -> what it means here. Which of them an operation may answer is said below.
PROBLEMS = {
    "400": "参数或正文有误；errors 按字段说明",
    "401": "没有令牌，或令牌无效",
    "403": "没有权限，例如令牌只能读取",
    "404": "没有，或不得知悉",
    "406": "只提供 JSON",
    "409": "当前状态不允许，说明原因",
    "410": "曾经公开，已下架",
    "412": "If-Match 与现在的版本不符；present 是现在的内容",
    "413": "正文过大",
    "414": "地址过长；由服务器回答",
    "415": "正文的格式不对：除上传文件的接口外，须为 application/json",
    "422": "同一个 Idempotency-Key 曾用于另一份正文",
    "428": "没有说明所依据的版本（If-Match 或 rev）",
    "429": "请求过多；Retry-After 说明等几秒",
}
_ALWAYS = ("400", "401", "403", "406", "414", "429")
_WRITES = ("409", "413", "415")


def own_paths(endpoints: list[Endpoint], **_: Any) -> list[Endpoint]:
    """Keep our own paths; a preprocessing hook of drf-spectacular."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]


class ApiSchema(AutoSchema):
    """Adds to each operation the problems that it may answer, all of one shape.

    A view names in `gone` that its objects may be 410, in `conditional` that its writes must say what
    was seen, in `once` that it takes one-time keys.
    """

    def _get_response_bodies(self, direction: Direction = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        writes = self.method not in {"GET", "HEAD"}
        statuses = {*_ALWAYS, *(_WRITES if writes else ())}
        if "{" in self.path or "page" in {one["name"] for one in self._get_parameters()}:
            statuses.add("404")
        if getattr(self.view, "gone", False):
            statuses.add("410")
        if writes and getattr(self.view, "conditional", False):
            statuses |= {"412", "428"}
        if self.method == "POST" and getattr(self.view, "once", False):
            statuses.add("422")
        for status in sorted(statuses):
            # The web server has no problem of ours to send: its answer is the status alone.
            bodies[status] = (
                {}
                if status == "414"
                else self._get_response_for_code(ProblemData, status, [CONTENT_TYPE], direction)
            ) | {"description": PROBLEMS[status]}
        return bodies
