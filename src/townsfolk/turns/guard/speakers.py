"""The rule on voices: one line, one speaker, and no story told of anybody's speech or deeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from townsfolk.language.korean_levels import PLAIN
from townsfolk.language.sentences import split_sentences
from townsfolk.turns.guard.context import GuardContext

ROLES = (
    r"(?:the )?(?:player|user|npc|narrator|narration|travell?er|stranger|visitor|guest|customer|"
    r"client|buyer|patron|guard(?:sman)?|sergeant|soldier|captain|watchman|merchant|trader|"
    r"shopkeeper|seller|vendor|innkeeper|barkeep|bartender|host|blacksmith|smith|herbalist|healer|"
    r"clerk|scribe|dockhand|sailor|ferryman|ferrywoman|farmer|carter|child|boy|girl|old (?:wo)?man|"
    r"(?:wo)?man|elder|quest giver|bell keeper|voice|crowd|everyone|both|me|you|a|b|q|"
    r"(?:[a-z]+ )?[a-z]+(?:man|woman|men|keeper|smith|monger|wright|folk|maid|boy|girl|lady|lord)|"
    r"passenger|passer-?by|bystander|beggar|thief|pilgrim|apprentice|neighbou?r|regular|drunk|"
    r"speaker|adventurer|hero|other|another|someone|somebody|all|the others?|answer|question)"
    r"|나그네|여행자|여행객|손님|플레이어|사용자|유저|상인|장사꾼|경비병?|경비대원|수비대원|병사|"
    r"하사|문지기|여관 ?주인|"
    r"주인장?|주모|대장장이|약초꾼|약초사|약사|의원|서기|관리|짐꾼|인부|뱃사공|사공|선장|종지기|"
    r"노인|아이|소년|소녀|남자|"
    r"여자|행인|해설|나레이션|내레이션|지문|화자|상대방?|모두|일동|수레꾼|농부|"
    r"당신|그대|너|나|저|우리|문|답|질문|대답|갑|을|누군가|다른 사람|지나가던 사람|승객|길손|"
    r"방문객|모험가|용사|순례자|"
    r"[가-힣]{1,5}(?:꾼|장이|지기|상인|주인|여인|노인|할멈|영감|아저씨|아주머니|아가씨|청년|사내|"
    r"손님|병사|대원)"
)
_SPOKE = (
    r"sa(?:ys|id)|ask(?:s|ed)|repl(?:ies|ied)|answer(?:s|ed)|tells?|told|murmur(?:s|ed)|"
    r"mutter(?:s|ed)|whisper(?:s|ed)|laugh(?:s|ed)|chuckl(?:es|ed)|sigh(?:s|ed)|grunt(?:s|ed)|"
    r"growl(?:s|ed)|grumbl(?:es|ed)|shout(?:s|ed)|call(?:s|ed)|cr(?:ies|ied)|add(?:s|ed)|"
    r"snap(?:s|ped)|hiss(?:es|ed)|mumbl(?:es|ed)|bark(?:s|ed)|nod(?:s|ded)|grin(?:s|ned)|"
    r"smil(?:es|ed)|shrug(?:s|ged)|smirk(?:s|ed)|wink(?:s|ed)|continu(?:es|ed)|agre(?:es|ed)|"
    r"protest(?:s|ed)|declar(?:es|ed)|announc(?:es|ed)|insist(?:s|ed)|retort(?:s|ed)|"
    r"interrupt(?:s|ed)|remark(?:s|ed)|offer(?:s|ed)|began|begins|drawl(?:s|ed)|scoff(?:s|ed)"
)
_DID = (
    r"frown(?:s|ed)|bow(?:s|ed)|lean(?:s|ed)|sank|sinks|sat|sits|stood|stands|step(?:s|ped)|"
    r"turn(?:s|ed)|look(?:s|ed)|glanc(?:es|ed)|star(?:es|ed)|paus(?:es|ed)|hesitat(?:es|ed)|"
    r"reach(?:es|ed)|hand(?:s|ed)|took|takes|put|puts|set|sets|lift(?:s|ed)|rais(?:es|ed)|"
    r"lower(?:s|ed)|walk(?:s|ed)|point(?:s|ed)|wip(?:es|ed)|fold(?:s|ed)|cross(?:es|ed)|"
    r"scratch(?:es|ed)|shook|shakes|drew|draws|pull(?:s|ed)|push(?:es|ed)|slid(?:es)?|pours?|"
    r"poured|laid|lays|gestur(?:es|ed)|wav(?:es|ed)|pays|paid|counts?|counted|clear(?:s|ed)"
)
_ADVERB = r"(?:(?:\w+ly|just|only|then|simply|merely|also|once more)\s+){0,2}"
_THEN = (
    r"(?:^|[.!?…]\s+)(?:(?:And then|Then|And|But|At (?:that|this)|With that|Suddenly|Slowly|"
    r"Meanwhile|Beside me|Behind you|Across the room),?\s)?"
)
_AFTER_QUOTE = re.compile(
    rf"[,.!?…—-][\"”’']\s+(?:[\w'’]+\s+){{0,4}}?{_ADVERB}(?:{_SPOKE}|{_DID})\b"
    r"|[,.!?…—-][\"”’']\s+(?:you|i|we|they)(?:'d|'ll| will| would)?\s+(?:\w+ly\s+)?"
    r"(?:say|ask|reply|answer|tell|whisper|mutter|murmur|shout|call|cry|add|think|nod|go)\b",
    re.IGNORECASE,
)
_BEFORE_QUOTE = re.compile(
    rf"\b(?:{_SPOKE})\b[^.!?\"“]{{0,40}}[,:]\s*[\"“]|\b[A-Z]\w+(?: \w+)?:\s*[\"“]"
    r"|^(?:The|A)\s\w+(?:\s\w+)?\s*:\s*(?:[\"“]|I\b)"
    r"|\b(?:[Yy]ou|[Hh]e|[Ss]he|[Tt]hey|I)(?:['’](?:d|ll)| will| would| then)?\s(?:\w+ly\s)?"
    r"(?:say|ask|reply|answer|go|tell me|think|are like|['’]re like)s?,?:?\s*[\"“‘]"
)
_PAUSE = re.compile(
    r"(?:^|[.!?…][\"”’']?\s+)(?:(?:A|An|There (?:is|was) an?) (?:\w+ )?(?:pause|silence|beat)\b"
    r"|(?:A \w+ )?[Ss]ilence (?:falls|fell|follow(?:s|ed)|hangs|settles)"
    r"|(?:His|Her|Their|Your) (?:eyes?|voice|hands?|face|gaze|brows?|lips|mouth|fingers|shoulders|"
    r"expression|smile)\s(?:\w+ly\s)?(?:narrow|widen|soften|trembl|shak|drop|harden|light|tighten|"
    r"crinkle|ris|fall|fell|drift|flick|settl|furrow|curl|twitch|go|grow|turn))"
    r"|(?:^|[.!?…]\s)(?:잠시 |긴 |짧은 |무거운 )*(?:침묵|정적|적막)이? ?(?:이 )?(?:흐|이어|감|"
    r"내려|돈)"
    r"|(?:^|[.!?…]\s)(?:그|그녀|나그네|손님)의 (?:눈|목소리|손|얼굴|표정|입|어깨)[가-힣]*\s"
)
_TAG = re.compile(
    rf"[,.!?—]\s+(?:(?:{_SPOKE})\s+(?:the|a|an|his|her|he|she|they|old|young)\b"
    rf"|(?:he|she)\s+{_ADVERB}(?:{_SPOKE})(?:,|\.|\s(?:with|in|as|to the|softly|quietly)\b))"
)
_YOU = re.compile(
    r"(?:^|[.!?…]\s+)You\s+(?:\w+ly\s+)?(?:grumble|mutter|nod|shrug|stammer|gulp|chuckle|mumble|"
    r"hesitate|frown|sigh|grin|blink|wince|stagger|bow|swallow|shiver|whisper|murmur)\b"
    r"|(?:^|[.!?…]\s+)You\s+(?:\w+ly\s+)?(?:hand|pay|reach|step|dig|pull|draw|place|lay|turn|walk|"
    r"push|open|take|put|drop|slide|lean|sit|stand|climb|enter|approach|follow)\b[^.!?]*"
    r"(?:,| and)\s(?:you\s)?(?:then\s)?(?:tell|ask|say|walk|step|hand|pay|turn|leave|take|put|"
    r"nod|sit|"
    r"reach|head|enter|look|smile|thank|follow|wait|drop|lay|lean|push|bow|slip|shuffle)\b"
)
_I = re.compile(
    r"(?:^|[.!?…]\s+)I (?:\w+ly )?(?:nod|shrug|grin|smirk|chuckle|sigh|frown|bow|wink|"
    r"lean (?:in|back|over|on)|"
    r"wipe my|cross my arms|fold my arms|shake my head|scratch my|clear my throat|raise an eyebrow|"
    r"narrow my eyes|glance|gesture|mutter|murmur|whisper|laugh and|smile and|pause)\b"
)
_GESTURED = re.compile(
    r"(?:^|[.!?…]\s+)(?:He|She|They)\s(?:\w+ly\s)?(?:nods?|nodded|shrug(?:s|ged)|grin(?:s|"
    r"ned)|smile[sd]|"
    r"sigh(?:s|ed)|laugh(?:s|ed)|chuckle[sd]|mutter(?:s|ed)|murmur(?:s|ed)|whisper(?:s|ed)|"
    r"frown(?:s|ed)|"
    r"bow(?:s|ed)|pause[sd]|hesitate[sd]|lean(?:s|ed)|turn(?:s|ed)|step(?:s|ped)|look(?:s|ed)|"
    r"glance[sd]|"
    r"point(?:s|ed)|shook|shakes|wipe[sd]|reach(?:es|ed))\s"
    r"(?:and|at|to|his|her|their|back|up|down|over|away|toward|softly|quietly|slowly|then|for|"
    r"behind)\b"
)
_DASH = re.compile(r"[.!?…][\"”’]?\s+[—–―-]\s+[\"“]?[A-Z가-힣]|^\s*[—–―-]\s+[\"“]?[A-Z가-힣]")
_QUOTED = re.compile(r"^[\"“«「『‘'][^\"”»」』]{3,}[.!?…,][\"”»」』’']$")
_LEADS_IN = re.compile(r"[:：]$|(?:says?|said|reads?|goes|runs|asks?|sings?|answers?),?$")
_KO_SPOKE = (
    r"(?:말|대답|대꾸|응수|중얼|웅얼|속삭|외|소리|되물|물었|묻|덧붙|내뱉|쏘아붙|투덜|뇌까|읊조|"
    r"타이르|이르|웃|"
    r"끄덕|고개|한숨|코웃음|미소)"
)
_KO_TOLD = re.compile(
    rf"(?:[\"”’'」』.!?,]\s*|\s)(?:이?라고|라며|하고|하며|"
    rf"라면서)\s(?:[가-힣]+\s){{0,5}}{_KO_SPOKE}[가-힣\s]*다(?:$|[.!?])"
    rf"|(?:라고|다고|자고|냐고|겠다고)\s(?:[가-힣]+\s){{0,3}}(?:말|대답|대꾸|물었|답|외쳤|중얼|"
    rf"속삭|덧붙|했)[가-힣]*다(?:$|[.!?])"
    r"|[가-힣]+\s왈[,\s]"
    r"|(?:너|당신|그대|자네|댁|네|손님|"
    r"나그네)[는은이가]?\s[\"“'‘「『][^\"”'’」』]{1,80}[\"”'’」』]\s?"
    r"(?:이?라고|하고|라며|라면서)\s"
    r"|(?:말|대답|대꾸|답|물어보|묻)(?:하기를|하길|하되|기를|길),?\s"
    r"|[가-힣](?:며|면서|고는|더니)\s[^.!?]{0,20}(?:말했|말한|물었|대답했|대답한|중얼거렸|웃었|"
    r"돌렸|했)다(?:$|[.!?])"
)
_KO_ANYBODY = (
    r"나그네|손님|여행자|플레이어|그|그녀|사내|노인|여인|소년|소녀|상인|하사|경비병|주인|모두|"
    r"당신|청년|아이"
)
_KO_DEEDS = (
    r"끄덕|웃|미소|찌푸|한숨|중얼|돌아보|돌아섰|돌렸|쳐다|바라보|내밀|내민|건네|건넨|다가|물러|"
    r"앉|일어|걸어|걷|"
    r"꺼내|집어|들어 올|고개|어깨|눈을|손을|코웃음|말하|말한|말했|묻는|물었|대답|외치|외쳤|망설|"
    r"뒤적|휘두|가리|"
    r"던지|던진|던졌|두드|듣|귀를|바라|쥐|집어|내려|올려|떠나|떠난|돌아|자리|숨을|몸을|입을|고르"
)


def other_speaker(line: str, context: GuardContext) -> str | None:
    """Another character is made to speak, or the line tells a story of people speaking."""
    for found in _signs(line, context):
        return found
    return None


def _signs(line: str, context: GuardContext) -> Iterator[str]:
    label = _labels(context.people).search(line)
    if label:
        yield f"speaks for {next(filter(None, label.groups())).strip()}"
    patterns = (
        _AFTER_QUOTE, _BEFORE_QUOTE, _TAG, _YOU, _I, _GESTURED, _DASH, _KO_TOLD, _PAUSE,
    )  # fmt: skip
    for pattern in patterns:
        match = pattern.search(line)
        if match:
            yield f"tells of speech or deeds: {match.group().strip()!r}"
    yield from _quoted_voice(line)
    called = _calls(context.own_names).search(line)
    if called:
        yield f"speaks to itself: {called.group().strip()!r}"
    # In Korean a name with a particle stands for "you".
    if context.addressee and context.language == "en":
        told = rf"{re.escape(context.addressee)}(?:['’]s)?\s"
        if re.match(told, line, re.IGNORECASE):
            yield f"tells of {context.addressee}, to whom it speaks"
    yield from _told_of(line, context)


def _quoted_voice(line: str) -> Iterator[str]:
    """A whole sentence in quotation marks that nothing leads up to."""
    sentences = split_sentences(line)
    for before, sentence in zip(["", *sentences], sentences, strict=False):
        if len(sentences) > 1 and _QUOTED.match(sentence) and not _LEADS_IN.search(before):
            yield f"another voice: {sentence!r}"


def _told_of(line: str, context: GuardContext) -> Iterator[str]:
    """Deeds of somebody who is there, told as in a story."""
    names = "|".join(re.escape(name) for name in context.people)
    if context.language == "en":
        who = (
            rf"(?:{names}|the (?:travell?er|stranger|player|guest|customer|visitor|old man|guard))"
        )
        told = rf"{_THEN}(?i:{who})\s{_ADVERB}(?:{_SPOKE}|{_DID})\b(?!\s*[,]?\s*\?)"
        tag = rf"[,.!?—][\"”’']?\s+(?:{_SPOKE})\s(?:{names})\b"
        match = re.search(told, line) or re.search(tag, line) if names else None
        if match and _at_hand(match.group(), context):
            yield f"tells of deeds: {match.group().strip()!r}"
        return
    for sentence in split_sentences(line):
        bare = re.sub(r"[^가-힣]+$", "", sentence)
        subject = re.match(
            rf"(?:그러자 |그때 |그 말에 |이윽고 |순간 |마침내 )?(?:{names}|"
            rf"{_KO_ANYBODY})(?:[은는이가도]|께서)\s",
            bare,
        )
        if subject and PLAIN.search(bare) and re.search(_KO_DEEDS, bare):
            yield f"tells of deeds: {sentence!r}"


def _at_hand(told: str, context: GuardContext) -> bool:
    """Whether whoever is told of is there, so that one would speak to them and not of them."""
    there = " ".join([*context.other_names, *context.own_names, "the traveller stranger player"])
    subject = re.sub(r"^\W+", "", told).split()
    name = subject[1] if subject[0].lower() == "the" and len(subject) > 1 else subject[0]
    return name.lower() in there.lower() or told[0] in ",.!?—"


@lru_cache(maxsize=128)
def _calls(own_names: tuple[str, ...]) -> re.Pattern[str]:
    """The speaker called by its own first name: no one but another says so."""
    first = {name.split()[0] for name in own_names}
    names = "|".join(re.escape(name) for name in sorted(first, key=len, reverse=True))
    rank = r"(?: ?(?:하사|장로|씨|님|어르신|나리|양반|아저씨|아주머니|언니|오빠|형|누나)님?)?"
    asks = r"(?:I|you|can|could|what|how|is|are|please|do|don['’]t|why|let|may|will|have)\b"
    return re.compile(
        rf"[,!]\s(?:{names}){rank}[.!?]|(?:^|[.!?]\s)(?:{names}){rank},\s(?:[가-힣]|{asks})"
    )


@lru_cache(maxsize=128)
def _labels(people: tuple[str, ...]) -> re.Pattern[str]:
    """A label before a line of a script, for any of the people or a role."""
    names = [re.escape(name) for name in sorted(people, key=len, reverse=True)]
    who = "|".join([*names, ROLES])
    opens = r"(?:^|[.!?…\"”’)\]】]\s*|\n\s*|\s[—–-]\s*)"
    aside = r"(?:\s*[(（][^)）]{0,30}[)）])?"
    return re.compile(
        rf"{opens}[\"“]?((?i:{who}){aside})\s*[:：](?!\d)"
        rf"|{opens}((?i:{who}))\s+[—–―-]\s+(?=[A-Z가-힣\"“])"
        rf"|{opens}((?i:{who}))\s*(?:[-=]+>|→|⇒|»|›|⟶)"
        rf"|{opens}((?i:{who}))\s?[(（][^)）]{{1,40}}[)）]"
        rf"|{opens}(?:Enter|Exit|Exeunt)((?i:\s{who}|\s(?:a|an|another)\s\w+))\b"
        rf"|([\[【〔<〈《(（]\s*(?i:{who})\s*[,，]?[^\]】〕>〉》)）]{{0,30}}[\]】〕>〉》)）])"
        rf"|\b([A-Z]{{3,}}(?: [A-Z]+)?):\s"
    )


@lru_cache(maxsize=128)
def script_label(people: tuple[str, ...]) -> re.Pattern[str]:
    """A line of a script that opens with a label, whoever is named on it."""
    names = [re.escape(name) for name in sorted(people, key=len, reverse=True)]
    who = "|".join([*names, ROLES])
    return re.compile(
        rf"^\s*(?:[-*>#]\s*)?(?:[\[【〔<(（]\s*(?:{who})[^\]】〕>)）]{{0,20}}[\]】〕>)）]\s*[:：]?"
        rf"|[\"“]?(?:{who})(?:\s*[(（][^)）]{{0,30}}[)）])?\s*(?:[:：]|\s[—–―-]\s))",
        re.IGNORECASE,
    )
