"""Why a file that is made on the click could not be made: said beside its button in our words, not in Streamlit's."""

from asyncio import to_thread

from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, DeferredFileResponsePayload
from streamlit.runtime import app_session
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_storage import MediaFileStorageError


class DownloadError(Exception):
    """A file could not be made; the text is for whoever clicked, in their language."""


class Downloads(DeferredFileHandler):
    """Makes files as Streamlit does, and answers with the reason where one cannot be made."""

    async def handle(self, request: BackendOperationRequest, session_id: str) -> BackendOperationResponse:  # noqa: ARG002
        """Return the address of the file, or why there is none."""
        try:
            url = await to_thread(self._get_media_file_mgr().execute_deferred, request.deferred_file.file_id)
        except MediaFileStorageError as error:
            if not isinstance(error.__cause__, DownloadError):
                raise
            return BackendOperationResponse(request_id=request.request_id, error_msg=str(error.__cause__))
        return BackendOperationResponse(
            request_id=request.request_id, deferred_file=DeferredFileResponsePayload(url=url)
        )


def install() -> None:
    """Have every session answer so; Streamlit offers no other way in."""
    if not hasattr(app_session, "DeferredFileHandler"):
        raise RuntimeError("Streamlit's sessions make files in another way now")
    app_session.DeferredFileHandler = Downloads
