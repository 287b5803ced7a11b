"""From a request to generated code: read, normalise, analyse, differentiate, optimise, emit."""

from srcgrad.analyse.kinds import kind_of
from srcgrad.pipeline.generate import generate, stages, stages_with_names
from srcgrad.pipeline.requests import Generated, Request
from srcgrad.pipeline.written import written_function
from srcgrad.read.callables import resolve

__all__ = ["Generated", "Request", "generate", "kind_of", "resolve", "stages", "stages_with_names", "written_function"]
