"""Presidio's analyzer as a careful user would set it up for logs.

It uses patterns only, without the noisy ones.
Only the analysis is timed, without the replacement by its anonymizer.
"""

import logging
from typing import Any

from benchmarks.rivals import Rival, line_by_line

MIN_SCORE = 0.4
# In logs these find host names, time stamps and trace ids.
WITHOUT = frozenset({"URL", "DATE_TIME", "US_DRIVER_LICENSE", "UUID"})


def load() -> Rival:
    """Make the analyzer."""
    import spacy  # type: ignore[import-not-found,unused-ignore]  # in .venv-bench only
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry  # type: ignore[import-not-found,unused-ignore]  # as above
    from presidio_analyzer.nlp_engine import SpacyNlpEngine  # type: ignore[import-not-found,unused-ignore]  # as above
    from spacy.language import Language  # type: ignore[import-not-found,unused-ignore]  # as above

    logging.disable(logging.WARNING)  # Presidio warns of each recognizer for another language
    # Patterns need a tokenizer only, no model. Presidio looks up context words among the lemmas.
    Language.component("words_as_lemmas", func=_words_as_lemmas)
    nlp = spacy.blank("en")
    nlp.add_pipe("words_as_lemmas")
    engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    engine.nlp = {"en": nlp}
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    registry.recognizers = [
        recognizer
        for recognizer in registry.recognizers
        if recognizer.name != "SpacyRecognizer" and not WITHOUT.issuperset(recognizer.supported_entities)
    ]
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])
    analyze = line_by_line(lambda line: analyzer.analyze(line, "en", score_threshold=MIN_SCORE))
    return Rival(analyze, lambda _line, results: bool(results))


def _words_as_lemmas(document: Any) -> Any:
    for token in document:
        token.lemma_ = token.lower_
    return document
