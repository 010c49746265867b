"""What the page's process serves, at a glance: the page's files, the web socket, and a few resources."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute

from runtime.web.capture_files import CaptureFiles
from runtime.web.conversations import Conversations
from runtime.web.folder_list import list_folder
from runtime.web.guard import Guard
from runtime.web.mix_stream import MixStream
from runtime.web.page_address import PageAddress
from runtime.web.page_files import PageFiles
from runtime.web.training_runs import TrainingRuns
from runtime.web.uploads import Uploads


@dataclass
class Documents:
    """What the interface has told of the instrument: the latest document of each name, as JSON text."""

    texts: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, content: Any) -> None:
        """Keep a document."""
        self.texts[name] = content

    async def serve(self, request: Request) -> Response:
        """Answer with one of them."""
        text = self.texts.get(request.path_params["name"])
        return (
            PlainTextResponse("Not known yet.", 404) if text is None else Response(text, media_type="application/json")
        )


@dataclass(frozen=True, slots=True)
class Folders:
    """Where files lie: the one-shots, copies of what is brought to the page, and instruments that were trained."""

    captures: Path
    uploads: Path
    instruments: Path


def build_app(
    address: PageAddress,
    conversations: Conversations,
    documents: Documents,
    mix: MixStream,
    folders: Folders,
    version: str,
) -> Starlette:
    """Return everything that is served at an address, guarded."""
    files = PageFiles(address.token if address.is_local else "", version)
    capture_files, copies = CaptureFiles(folders.captures), Uploads(folders.uploads)
    runs = TrainingRuns(folders.instruments)
    routes = [
        WebSocketRoute("/socket", conversations.converse),
        WebSocketRoute("/mix", mix.serve),
        Route("/api/document/{name}", documents.serve),
        Route("/api/captures", capture_files.index),
        Route("/api/captures/{name}", capture_files.download),
        Route("/api/captures/{name}", capture_files.rename, methods=["POST"]),
        Route("/api/captures/{name}", capture_files.delete, methods=["DELETE"]),
        Route("/api/kits/{name}", capture_files.download_kit),
        Route("/api/kits/{name}", capture_files.delete_kit, methods=["DELETE"]),
        Route("/api/trash/{name}", capture_files.put_back, methods=["POST"]),
        Route("/api/uploads", copies.take, methods=["POST"]),
        Route("/api/uploads/{id}/{which}", copies.compared),
        Route("/api/training", runs.index),
        Route("/api/training/look", runs.look),
        Route("/api/folders", list_folder, methods=["POST"]),
        Route("/api/runs/{name}/sounds/{file}", runs.sound),
        Route("/api/runs/{name}/{what}", runs.part),
        Route("/{path:path}", files.serve),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, address=address)])
