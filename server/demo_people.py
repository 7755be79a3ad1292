"""The invented practitioners of the demo evening and what they say: data, not strings of the
interface.

Everything here is made up. Names stand in five scripts because real rooms do.
"""

from typing import Literal

import msgspec

from activities.kernel import Choice, Where


class Told(msgspec.Struct, frozen=True):
    """What a teller gives away on the release card."""

    title: str
    moments: tuple[str, ...] = ()
    quote: str = ""
    choice: Choice = "first_name"
    outside: bool = False


class Written(msgspec.Struct, frozen=True):
    """A card of the reflecting circle. `theme` is the number of its theme, -1 for none."""

    kind: Literal["insight", "question", "practice"]
    text: str
    theme: int = -1


class Practitioner(msgspec.Struct, frozen=True):
    """Someone at the demo evening."""

    name: str
    organisation: str
    language: str = "en"
    where: Where = "remote"
    willing: bool = False
    sky: str = "sun"
    word: str = ""
    goes_home_with: str = ""
    told: Told | None = None
    written: tuple[Written, ...] = ()
    talks_s: int = 150  # seconds their story takes


TITLE = "Living with the river"
ORGANISER = "Amina Diallo"
ZONE = "Africa/Dakar"

CO_FACILITATOR = Practitioner("Kofi Mensah", "Keta Lagoon Watch", "en")

THEMES: tuple[tuple[str, str], ...] = (
    (
        "Listening before mapping",
        "Since this evening, where did you listen before you drew, counted or planned?",
    ),
    (
        "What keeps the water moving",
        "What would it take to hold one repair day where you are, and who would have to say yes?",
    ),
    ("After the flood", ""),
)
"""Title of each theme, and the question the facilitators wrote; empty: still the suggested
wording."""

WHY = (
    "Fourteen people who live and work beside water, in twelve places, met for one evening to tell"
    " each other about a time when somebody from outside saw their place differently. We hoped to"
    " take home one thing that could be tried before the next rains."
)
HEARD: tuple[str, ...] = (
    "Several of us had seen maps that nobody used. The maps that lasted began with a walk:"
    " an elder, a child and an engineer along the same bank, and no paper until the evening.",
    "Where a drain, a pump or a key belonged to one office or one man, it failed on the day he was"
    " away. Where it belonged to a street and a date, it went on.",
    "",
)
"""What the facilitators wrote under each theme; empty: not written yet, as the missing list
says."""

STORIES: dict[str, str] = {
    "The day we put the pencils away": (
        "Surveyors came to Sefina's village with a map that put the houses in the sea. Instead of"
        " arguing, her aunt asked them to leave the paper in the car and walked them along the bank"
        " at low tide, naming each family as they passed. In the evening the map was drawn again at"
        " her table. This time the village held the pencil, and the surveyors asked the questions."
    ),
    "Food for everyone who digs": (
        "For nine years the blocked drain in Tomasi's street belonged to somebody else: the"
        " council, the owner, the rain. On one new moon forty neighbours opened it themselves,"
        " with three pots of cassava for whoever dug. Since then the date belongs to the street."
        " Nobody has to be asked, and the council now lends the barrow."
    ),
    "Thirty doors in one night": (
        "When the water came at two in the morning the list of people who need help was in a phone,"
        " and the phone was wet. The care group went all the same. Because they always visit in"
        " pairs, two people knew every door by heart, and by daylight all thirty had been opened."
        " The list is on paper now, but nobody trusts it as much as the feet."
    ),
}
"""What the facilitators wrote from the released moments, by title of the story."""

PEOPLE: tuple[Practitioner, ...] = (
    Practitioner(
        "Sefina Tuilagi",
        "Apia Mangrove Women",
        "en",
        willing=True,
        sky="part_cloud",
        word="salt",
        goes_home_with="Ask the oldest and the youngest to walk together.",
        told=Told(
            "The day we put the pencils away",
            (
                "The surveyors came with a map that had our houses in the sea.",
                "My aunt took them along the bank at low tide, slowly, naming each family.",
                "They drew it again at her table, and this time she held the pencil.",
            ),
            "Nobody told us to leave. They asked us what the water does.",
            "first_name",
            True,
        ),
        written=(
            Written("insight", "Walk the river before you draw it. The map comes last.", 0),
            Written(
                "practice",
                "Low-tide walk: an elder, a child and an engineer, one hour,"
                " no paper until the evening.",
                0,
            ),
        ),
        talks_s=165,
    ),
    Practitioner(
        "Tomasi Vakalala",
        "Rewa Farmers' Circle",
        "en",
        sky="sun",
        word="seedlings",
        goes_home_with="One repair day before the rains.",
        told=Told(
            "Food for everyone who digs",
            (
                "The drain had been the council's business for nine years.",
                "We opened it ourselves on the new moon, forty people and three pots of cassava.",
            ),
            "We stopped asking whose drain it is.",
            "name_org",
            True,
        ),
        written=(
            Written(
                "practice", "A repair day each new moon: one street, one drain, food for all.", 1
            ),
            Written("question", "Who pays the people who keep the drains clean?", 1),
        ),
        talks_s=140,
    ),
    Practitioner(
        "मीरा देवी",
        "कोसी महिला समूह",
        "hi",
        sky="rain",
        word="धीरज",
        goes_home_with="पहले सुनना।",
        told=Told(
            "बाढ़ के बाद का नक्शा",
            ("हर परिवार ने एक पत्थर रखा, जहाँ पानी रुका था।",),
            "हमने पहले सुना, फिर नक्शा बनाया।",
            "first_name",
        ),
        written=(Written("insight", "जो पढ़ नहीं सकते, वे भी कपड़े का नक्शा सुधार सकते हैं।", 0),),
        talks_s=170,
    ),
    Practitioner(
        "Wanjiru Kamau",
        "Mathare Home Care",
        "en",
        willing=True,
        sky="cloud",
        word="tired",
        goes_home_with="Visit in pairs, never alone.",
        told=Told(
            "Thirty doors in one night",
            (
                "The water came at two in the morning and the list was in my phone, which was wet.",
                "We knew the thirty doors by heart, because we visit in pairs.",
            ),
            "A list is only as good as the feet that know it.",
            "unnamed",
        ),
        written=(
            Written("practice", "Two people know every door. If one sleeps, the other knows.", 2),
            Written("insight", "Care groups were there before every rescue service.", 2),
        ),
        talks_s=175,
    ),
    Practitioner(
        "Rosa Quispe",
        "Mercado Rodríguez",
        "es",
        sky="sun",
        word="fuerza",
        goes_home_with="Invitar al municipio a nuestra mesa, no ir a la suya.",
        told=Told(
            "La mesa en la calle",
            ("Sacamos las mesas a la calle y el ingeniero tuvo que sentarse con nosotras.",),
            "",
            "lesson",
        ),
        written=(
            Written("question", "¿Cómo seguimos juntas cuando el agua ya bajó?", 2),
            Written("practice", "The meeting is at the market, at the hour when we are there.", 0),
        ),
        talks_s=130,
    ),
    Practitioner(
        "يوسف الهادي",
        "لجنة قنوات البصرة",
        "ar",
        sky="fog",
        word="صبر",
        goes_home_with="نبدأ بقناة واحدة.",
        told=Told(
            "مفتاح القناة",
            ("كان المفتاح عند رجل واحد، وحين مرض توقف الماء.",),
            "المفتاح الذي يحمله واحد لا يفتح لأحد.",
            "first_name",
        ),
        written=(Written("insight", "ثلاثة مفاتيح لثلاث عائلات، وسجلّ يقرؤه الجميع.", 1),),
        talks_s=150,
    ),
    Practitioner(
        "Jonah Maka",
        "Malaita Seed Keepers",
        "en",
        sky="part_cloud",
        word="home",
        goes_home_with="Keep two gardens, one of them high.",
        told=None,  # passes, which nobody will read anywhere
        written=(
            Written("insight", "A paper map on the floor lets elders correct it with a stick.", 0),
        ),
    ),
    Practitioner(
        "ليلى حداد",
        "مطبخ الجيران",
        "ar",
        sky="rain",
        word="دفء",
        goes_home_with="المطبخ يجمع قبل الاجتماع.",
        told=Told(
            "قدر واحد لكل الطوابق",
            ("طبخنا في الممر لأن الماء كان في البيوت.",),
            "",
            "keep",
        ),
        written=(Written("question", "كيف نُبقي الجيران معنا بعد أول فيضان؟", 2),),
        talks_s=120,
    ),
    Practitioner(
        "Nguyễn Thị Hoa",
        "Mekong Women's Boats",
        "vi",
        sky="sun",
        word="thuyền",
        goes_home_with="A boat list, with who can row.",
        told=Told(
            "The boat list",
            ("We wrote down every boat and who can row it, also the children.",),
            "A boat without a name beside it is only wood.",
            "name_org",
            True,
        ),
        written=(Written("practice", "Boat list on the school wall, renewed each full moon.", 2),),
        talks_s=145,
    ),
    Practitioner(
        "ሰላም ተስፋዬ",
        "Addis Home-Care Circle",
        "am",
        sky="cloud",
        word="ተስፋ",
        goes_home_with="Two names for every door.",
        told=Told(
            "የውሃው መንገድ",
            ("ውሃው በየት እንደሚያልፍ ልጆቹ አሳዩን።",),
            "ልጆቹ ከካርታው በፊት ያውቁ ነበር።",
            "first_name",
        ),
        written=(Written("insight", "Children had drawn the water's path long before us.", 0),),
        talks_s=155,
    ),
    Practitioner(
        "Ana Souza",
        "Várzea Commons",
        "pt",
        sky="storm",
        word="coragem",
        goes_home_with="Count what the repair day costs, and show it.",
        told=Told(
            "Three minutes at the town hall",
            ("They gave us three minutes. We brought three women and one minute each.",),
            "One minute each, and nobody could look away.",
            "first_name",
            True,
        ),
        written=(Written("practice", "Share the speaking time out before you enter the hall.", 1),),
        talks_s=160,
    ),
)

TABLE: tuple[Practitioner, ...] = (
    Practitioner(
        "Grace Achieng",
        "Kibera Water Point",
        "en",
        where="room",
        sky="sun",
        word="together",
        told=Told(
            "The queue that became a committee",
            ("We stood in line every day, so we held the meeting in the line.",),
            "The queue was our office.",
            "first_name",
        ),
        written=(Written("practice", "Hold the meeting where people already wait.", 1),),
        talks_s=135,
    ),
    Practitioner(
        "Peter Otieno",
        "Kibera Water Point",
        "sw",
        where="carried",
        sky="part_cloud",
        word="maji",
        told=Told(
            "Bomba la usiku",
            ("Tulifunga bomba usiku ili kila mtu apate asubuhi.",),
            "Hakuna aliyetuambia tuondoke. Walituuliza maji yanafanya nini.",
            "unnamed",
        ),
        talks_s=140,
    ),
    Practitioner(
        "Mama Zawadi",
        "Kibera Water Point",
        "sw",
        where="carried",
        sky="sun",
        word="amani",
        told=Told(
            "Three jerrycans",
            ("Three floors, and the boys who carried them.",),
            "",
            "keep",
        ),
        talks_s=110,
    ),
)
"""Three people round one laptop in the hall; the first is the steward."""
